package org.ttt4j.speed;

/** After which tokens the next one is predicted: the head is a large part of a small model. */
public enum Logits {
    /** After every token, as training and evaluation need it. */
    ALL,
    /** After the last one, which is all that writing needs. */
    LAST
}
