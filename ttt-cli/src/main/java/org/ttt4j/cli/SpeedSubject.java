package org.ttt4j.cli;

import java.util.Locale;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.kernel.InnerKernels;

/** A model that is timed, and how it runs. */
record SpeedSubject(TTTConfig config, Execution execution) {

    String mixer() {
        return ModelOptions.Mixer.of(config).toString();
    }

    String backbone() {
        return config.backbone().map(b -> b.name().toLowerCase(Locale.ROOT)).orElse("mixed");
    }

    /** The kernel that really runs. */
    String kernel() {
        return execution.kernel().equals(Execution.AUTO) ? InnerKernels.best().name() : execution.kernel();
    }
}
