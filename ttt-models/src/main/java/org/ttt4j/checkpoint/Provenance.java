package org.ttt4j.checkpoint;

/**
 * Where weights come from.
 *
 * @param seed of the initialisation and of the data's order
 * @param step optimiser steps taken
 * @param tokens tokens that the training has predicted
 * @param dataSha256 hash of the training text, as {@link org.ttt4j.data.TextCorpus#sha256}
 * @param environment what computed them
 */
public record Provenance(long seed, long step, long tokens, String dataSha256, Environment environment) {}
