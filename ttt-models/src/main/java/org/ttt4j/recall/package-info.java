/**
 * Multi-query associative recall (Arora et al. 2023): how much of a text a mixer finds again, with memories of one size. Small
 * models, trained here and now.
 */
package org.ttt4j.recall;
