package org.ttt4j.ops;

/** Looks on while a model runs, on any executor: wraps the operations that the model is run with. */
public interface OpsDecorator {

    <A> Ops<A> around(Ops<A> ops);
}
