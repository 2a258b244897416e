package org.ttt4j.bench.sweep;

/** Measures cells. */
public interface CellRunner {

    /** The cell's row; a failure of any kind is a row without a time. */
    Row run(Cell cell, Effort effort);
}
