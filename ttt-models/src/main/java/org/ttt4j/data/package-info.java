/** Text files as tokens, and the windows that training and evaluation read from them. */
package org.ttt4j.data;
