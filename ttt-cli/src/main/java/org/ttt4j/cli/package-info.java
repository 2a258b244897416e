/** The {@code ttt} command. Only this module prints, draws and shows progress; what it shows, the libraries compute. */
package org.ttt4j.cli;
