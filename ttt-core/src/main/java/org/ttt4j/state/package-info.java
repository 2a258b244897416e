/** States as files: reading goes on tomorrow, elsewhere, or in the authors' code. The format is in docs/state-file.md. */
package org.ttt4j.state;
