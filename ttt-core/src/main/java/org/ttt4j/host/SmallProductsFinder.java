package org.ttt4j.host;

import org.ttt4j.kernel.SmallProducts;

/** Finds the BLAS that comes with ND4J's CPU backend; a service. */
public final class SmallProductsFinder implements SmallProducts.Finder {

    @Override
    public SmallProducts find() {
        return OpenBlas.present() ? new OpenBlasSmallProducts() : null;
    }
}
