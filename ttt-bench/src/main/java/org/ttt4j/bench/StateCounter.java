package org.ttt4j.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a benchmark tells beside its time. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class StateCounter {

    /** Bytes of the state of all sequences after the last call. */
    public long stateBytes;
}
