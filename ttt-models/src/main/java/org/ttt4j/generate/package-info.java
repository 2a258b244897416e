/** Writing text: sampling, batches of unequal prompts, conversations whose state lives on between calls. */
package org.ttt4j.generate;
