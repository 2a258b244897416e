/** Proof that the numbers are the authors' own: runs stored cases through the code that users call and compares. */
package org.ttt4j.verify;
