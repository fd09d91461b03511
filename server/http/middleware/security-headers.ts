import helmet from 'helmet';

/**
 * What browsers may do with our answers: scripts, styles, connections from our own origin only, no frames.
 * @param publicUrl https there adds HSTS and upgrades; on plain http both would break the page.
 */
export function securityHeaders(publicUrl: string | null) {
  const isHttps = publicUrl?.startsWith('https:') ?? false;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isHttps,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    // Isolation headers are only honoured on secure origins.
    crossOriginOpenerPolicy: isHttps,
    originAgentCluster: isHttps,
  });
}
