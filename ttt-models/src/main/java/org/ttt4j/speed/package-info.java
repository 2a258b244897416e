/**
 * How fast a model runs, and how near to what the machine allows. {@link org.ttt4j.speed.SpeedTest} measures;
 * {@link org.ttt4j.speed.Work} counts what a pass has to compute and to read; {@link org.ttt4j.speed.MachineLimits} are
 * measured beside it, in the same process and the same minute, because machines and their neighbours change.
 */
package org.ttt4j.speed;
