// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.EOFException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Said;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreProblem;

/** Which failure it is when no answer comes over the network. */
public final class Silences {

    /** A chain of causes that is longer adds nothing. */
    private static final int MAX_CAUSES = 8;

    private static final Set<Silence> LASTING = Set.of(Silence.CLIENT_CERTIFICATE, Silence.TLS_VERSION,
            Silence.TLS_HOST);

    private Silences() {}

    /**
     * The failure of a request, by what was noticed down to the first cause: libraries hide a certificate's fault.
     *
     * @param usual the problem where it is not a certificate that is refused, which stays so until an operator acts
     */
    public static Failure.OfStore of(String call, Throwable noticed, StoreProblem usual) {
        StoreProblem problem = isLasting(noticed) ? StoreProblem.REFUSED : usual;
        for (Throwable cause : causes(noticed)) {
            if (cause instanceof Failed known) {
                return known.failure() instanceof Failure.NoAnswer own
                        ? new Failure.NoAnswer(call, own.silence(), own.detail(), problem)
                        : new Failure.Within(call, known.failure(), problem);
            }
        }
        return new Failure.NoAnswer(call, silence(noticed), detail(noticed), problem);
    }

    /** Whether it stays so until an operator acts: a certificate is not believed, or wanted, or nothing in common is spoken. */
    private static boolean isLasting(Throwable noticed) {
        boolean isOfCertificate = causes(noticed).stream()
                .anyMatch(
                        cause -> cause instanceof CertificateException || cause instanceof CertPathValidatorException);
        return isOfCertificate || LASTING.contains(silence(noticed));
    }

    static Silence silence(Throwable noticed) {
        List<Throwable> causes = causes(noticed);
        return causes.stream()
                .map(Silences::ofCertificate)
                .flatMap(Optional::stream)
                .reduce((outer, inner) -> inner == Silence.UNKNOWN_AUTHORITY ? outer : inner)
                .or(() -> causes.stream().map(Silences::one).flatMap(Optional::stream).findFirst())
                .orElse(Silence.OTHER);
    }

    /** What has no words of ours is shown as it was said, without the names of classes. */
    private static String detail(Throwable noticed) {
        return switch (silence(noticed)) {
            case TLS -> causes(noticed).stream()
                    .flatMap(cause -> TlsAlert.in(String.valueOf(cause.getMessage())).stream())
                    .findFirst()
                    .map(alert -> "the server's reason: " + alert.name())
                    .orElseGet(() -> spoken(noticed));
            case NO_HTTP, OTHER, CLOSED -> spoken(noticed);
            case NAME, INSIDE, REFUSED, NO_ROUTE, UNKNOWN_AUTHORITY, CERTIFICATE_TIME, CERTIFICATE_NAME,
                    CLIENT_CERTIFICATE, TLS_VERSION, TLS_HOST, TIMED_OUT, STALLED, PROXY_PASSWORD, PROXY_REFUSES,
                    PROXY_CANNOT, INTERRUPTED ->
                "";
        };
    }

    private static String spoken(Throwable noticed) {
        return causes(noticed).stream()
                .filter(cause -> !isUnspoken(cause))
                .map(cause -> Said.plain(cause.getMessage()))
                .filter(said -> !said.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** What was closed says so by what it is; the system's words for it add nothing. */
    private static boolean isUnspoken(Throwable cause) {
        String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return has(said, "reset", "broken pipe", "was closed", "not an ssl/tls record");
    }

    private static List<Throwable> causes(Throwable noticed) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = noticed; cause != null && causes.size() < MAX_CAUSES; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static Optional<Silence> ofCertificate(Throwable cause) {
        String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return switch (cause) {
            case CertificateExpiredException old -> Optional.of(Silence.CERTIFICATE_TIME);
            case CertificateNotYetValidException early -> Optional.of(Silence.CERTIFICATE_TIME);
            case CertPathValidatorException invalid when has(said, "validity check failed") ->
                Optional.of(Silence.CERTIFICATE_TIME);
            case CertificateException other when has(said, "no subject alternative", "no name matching") ->
                Optional.of(Silence.CERTIFICATE_NAME);
            case CertificateException other -> Optional.of(Silence.UNKNOWN_AUTHORITY);
            case CertPathValidatorException other -> Optional.of(Silence.UNKNOWN_AUTHORITY);
            default -> Optional.empty();
        };
    }

    private static Optional<Silence> one(Throwable cause) {
        return switch (cause) {
            case WireException broken -> Optional.of(Silence.NO_HTTP);
            case EOFException early -> Optional.of(Silence.CLOSED);
            case ClosedChannelException closed -> Optional.of(Silence.CLOSED);
            case UnknownHostException unknown -> Optional.of(Silence.NAME);
            case UnresolvedAddressException unknown -> Optional.of(Silence.NAME);
            case NoRouteToHostException none -> Optional.of(Silence.NO_ROUTE);
            case TimeoutException late -> Optional.of(Silence.TIMED_OUT);
            case SocketTimeoutException late -> Optional.of(Silence.TIMED_OUT);
            default -> bySaid(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT), cause);
        };
    }

    private static Optional<Silence> bySaid(String said, Throwable cause) {
        Optional<TlsAlert> alert = TlsAlert.in(said);
        if (alert.isPresent()) {
            return alert.map(TlsAlert::silence);
        }
        if (has(said, "unsupported_protocol", "not accepted by client preferences", "no appropriate protocol")) {
            return Optional.of(Silence.TLS_VERSION);
        }
        if (has(said, "not resolve", "failed to resolve", "unknown host", "nxdomain")) {
            return Optional.of(Silence.NAME);
        }
        if (has(said, "refused")) {
            return Optional.of(Silence.REFUSED);
        }
        if (has(said, "unreachable", "no route")) {
            return Optional.of(Silence.NO_ROUTE);
        }
        if (has(said, "certif", "pkix", "no subject alternative")) {
            return Optional.of(Silence.UNKNOWN_AUTHORITY);
        }
        if (has(said, "timed out", "timeout", "time out")) {
            return Optional.of(Silence.TIMED_OUT);
        }
        if (has(said, "reset", "was closed", "broken pipe")) {
            return Optional.of(Silence.CLOSED);
        }
        return cause instanceof SSLException ? Optional.of(Silence.TLS) : Optional.empty();
    }

    private static boolean has(String text, String... words) {
        return List.of(words).stream().anyMatch(text::contains);
    }
}
