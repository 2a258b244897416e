/** A model's configuration: the authors' keys with their defaults, strict checks, and the sizes of the paper. */
package org.ttt4j.config;
