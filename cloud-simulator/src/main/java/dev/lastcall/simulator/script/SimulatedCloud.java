// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;

/** Which metadata server is simulated, and what of it differs from machine to machine. Immutable. */
public sealed interface SimulatedCloud {

    /** The name in a script and on the command line: {@code aws}, {@code gcp} or {@code azure}. */
    String label();

    /**
     * The instance metadata service of AWS.
     *
     * @param tokens whether a session token is needed
     */
    record Aws(Tokens tokens) implements SimulatedCloud {

        /** As EC2 sets up an instance today: tokens required. */
        public static final Aws DEFAULT = new Aws(Tokens.REQUIRED);

        /** What the instance's metadata options say. */
        public enum Tokens {
            /** Without a token a GET is answered 401 (IMDSv2 only). */
            REQUIRED("required"),
            /** A GET without a token is answered too (IMDSv1 and v2). */
            OPTIONAL("optional"),
            /** The service is turned off for the instance: 403 for everything. */
            OFF("off");

            private final String label;

            Tokens(String label) {
                this.label = label;
            }

            /** The name in a script. */
            public String label() {
                return label;
            }
        }

        @Override
        public String label() {
            return "aws";
        }
    }

    /**
     * The metadata server of Google Cloud.
     *
     * @param view whose view of it is served
     */
    record Gcp(View view) implements SimulatedCloud {

        /** As a VM sees it. */
        public static final Gcp DEFAULT = new Gcp(View.VM);

        /** From where one looks. */
        public enum View {
            /** The VM, or a pod on the host network. */
            VM("vm"),
            /** An ordinary pod on GKE with workload identity: most instance keys are hidden, {@code preempted} too. */
            GKE("gke");

            private final String label;

            View(String label) {
                this.label = label;
            }

            /** The name in a script. */
            public String label() {
                return label;
            }
        }

        @Override
        public String label() {
            return "gcp";
        }
    }

    /**
     * The instance metadata service of Azure, with its scheduled events.
     *
     * @param firstCall how long the first call for scheduled events takes, because it turns the feature on for the
     *     machine; the contract says up to two minutes
     */
    record Azure(Duration firstCall) implements SimulatedCloud {

        /** A machine on which the feature is on. */
        public static final Azure DEFAULT = new Azure(Duration.ZERO);

        public Azure {
            if (firstCall.isNegative()) {
                throw new IllegalArgumentException("the first call takes no negative time");
            }
        }

        @Override
        public String label() {
            return "azure";
        }
    }
}
