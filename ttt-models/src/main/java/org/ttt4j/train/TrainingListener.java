package org.ttt4j.train;

/** Looks on while a trainer works; called by the thread that trains. */
public interface TrainingListener {

    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * After every step.
     *
     * @param loss the step's mean loss, in nats per token
     */
    default void step(long step, double loss) {}

    default void report(Report report) {}

    /** After every save. */
    default void saved(long step) {}

    /** Something that a user should know and that is no failure. */
    default void warning(String words) {}
}
