package org.ttt4j.inner;

import org.ttt4j.param.Init;

/**
 * One weight of an inner model, for one head.
 *
 * @param name its name, for example {@code W1}
 * @param init how it starts before outer training
 * @param shape its sizes
 */
public record InnerWeight(String name, Init init, long... shape) {}
