/**
 * What no compiled template of ours contains. Under the page's policy (`require-trusted-types-for
 * 'script'`, relay/security-headers.ts) every text on its way into markup or a script URL passes
 * here; Solid hands its constant templates to `<template>.innerHTML`, and nothing else should.
 */
const ACTIVE_MARKUP =
  /<\s*(?:script|iframe|object|embed|base|link|meta|style)|\son\w+\s*=|javascript:|srcdoc/i

interface TrustedTypesFactory {
  readonly defaultPolicy: unknown
  createPolicy(name: string, rules: TrustedTypesRules): unknown
}

/** `null` refuses: the browser then throws a TypeError at the sink. */
interface TrustedTypesRules {
  createHTML(markup: string): string | null
  createScriptURL(url: string): string | null
}

/**
 * Makes the one policy the page has, named `default`. Markup is let through when it is inert,
 * a script (a worker, the service worker) when it is of our own origin. Does nothing where the
 * browser has no Trusted Types, or when the policy is there already.
 */
export function installTrustedTypes(scope: typeof globalThis): void {
  const factory = factoryOf(scope)
  if (factory === null || (factory.defaultPolicy ?? null) !== null) return
  factory.createPolicy('default', trustedTypesRules(scope.location.href))
}

/** Apart from the browser, so that a test can hold it to its word. */
export function trustedTypesRules(page: string): TrustedTypesRules {
  return {
    createHTML: (markup) => (ACTIVE_MARKUP.test(markup) ? null : markup),
    createScriptURL(url) {
      if (!URL.canParse(url, page)) return null
      return new URL(url, page).origin === new URL(page).origin ? url : null
    },
  }
}

function factoryOf(scope: typeof globalThis): TrustedTypesFactory | null {
  // TypeScript's DOM library does not know Trusted Types yet.
  const { trustedTypes } = scope as { trustedTypes?: TrustedTypesFactory }
  return trustedTypes ?? null
}
