/**
 * Benchmarks. Build them with {@code mvn package -DskipTests}, list them with
 * {@code java -jar ttt-bench/target/benchmarks.jar -l}.
 */
package org.ttt4j.bench;
