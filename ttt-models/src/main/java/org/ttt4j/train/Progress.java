package org.ttt4j.train;

/**
 * Where a training stands between two steps.
 *
 * @param step steps taken
 * @param lossSum of the steps since the last report
 * @param gradientNorm of the last step
 * @param last the last report; null before the first
 */
record Progress(long step, double lossSum, double gradientNorm, Report last) {

    static final Progress START = new Progress(0, 0, 0, null);

    Progress stepped(double loss, double norm) {
        return new Progress(step + 1, lossSum + loss, norm, last);
    }

    Progress reported(Report report) {
        return new Progress(step, 0, gradientNorm, report);
    }

    /** Step of the last report. */
    long reportedStep() {
        return last == null ? 0 : last.step();
    }

    /** Mean loss of the steps since the last report. */
    double meanLoss() {
        return lossSum / (step - reportedStep());
    }
}
