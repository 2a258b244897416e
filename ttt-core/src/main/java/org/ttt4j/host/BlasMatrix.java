package org.ttt4j.host;

/** A matrix, row by row, that begins at a place of memory off the heap. */
record BlasMatrix(BlasBuffer memory, int at, int rows, int columns) {}
