/** How sequence mixers are arranged into a deep network: norms, residuals, feed-forward. Any mixer fits. */
package org.ttt4j.backbone;
