/** Text to token ids and back, also piece by piece while a model writes. */
package org.ttt4j.tokenizer;
