package org.ttt4j.ops;

/**
 * Rotary position embedding on interleaved pairs: channels (2i, 2i+1) of a head turn by {@code p·theta^(-2i/D)}, where p is
 * the token's position modulo the period.
 *
 * @param heads H
 * @param headSize D, even
 * @param theta the base
 * @param period positions count modulo this; the mini-batch size K in a TTT layer
 */
public record Rope(int heads, int headSize, double theta, int period) {}
