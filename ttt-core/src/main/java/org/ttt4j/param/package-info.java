/** Parameters as declarations: checkpoint key, shape and initialisation. Values belong to the executor that runs a model. */
package org.ttt4j.param;
