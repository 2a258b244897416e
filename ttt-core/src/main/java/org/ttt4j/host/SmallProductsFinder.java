package org.ttt4j.host;

import org.ttt4j.kernel.SmallProducts;

/** Finds the BLAS that comes with ND4J's CPU backend; a service. */
public final class SmallProductsFinder implements SmallProducts.Finder {

    private static final String BLAS = "org.bytedeco.openblas.global.openblas_nolapack";

    @Override
    public SmallProducts find() {
        try {
            Class.forName(BLAS);
            return new OpenBlasSmallProducts();
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }
}
