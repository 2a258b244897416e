package org.ttt4j.inner;

/** What is learnt at test time. */
public interface InnerModel {}
