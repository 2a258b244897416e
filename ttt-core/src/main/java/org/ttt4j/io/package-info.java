/** Files: writing one so that it is either there whole or not at all. */
package org.ttt4j.io;
