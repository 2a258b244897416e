package org.ttt4j.cli;

import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.kernel.InnerKernels;

/** A model that is timed, and how it runs. */
record SpeedSubject(ModelConfig config, Execution execution) {

    /** The kernel that really runs. */
    String kernel() {
        return execution.kernel().equals(Execution.AUTO) ? InnerKernels.best().name() : execution.kernel();
    }
}
