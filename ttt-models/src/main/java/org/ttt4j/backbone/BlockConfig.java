package org.ttt4j.backbone;

/**
 * What surrounds a mixer.
 *
 * @param hidden C
 * @param intermediate F, width of the feed-forward
 * @param normEps epsilon of the RMS norms
 * @param preConvKernel width of the convolution before the mixer; 0 for none
 * @param initStd standard deviation of the projections at the start
 * @param mixerNorm name of the norm before the mixer
 * @param feedForwardNorm name of the norm before the feed-forward
 */
public record BlockConfig(
        int hidden,
        int intermediate,
        double normEps,
        int preConvKernel,
        double initStd,
        String mixerNorm,
        String feedForwardNorm) {

    public boolean hasPreConv() {
        return preConvKernel > 0;
    }
}
