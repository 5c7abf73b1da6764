import { expect, test } from 'vitest'
import { trustedTypesRules } from '../../../src/ui/trusted-types.ts'

const rules = trustedTypesRules('https://relay.example/app/')

test('inert markup, as compiled templates are, passes', () => {
  expect(
    rules.createHTML('<div class=row><svg><path d=M0></svg><button type=button>'),
  ).not.toBeNull()
})

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<img src=x\nonerror = alert(1)>',
  '<iframe srcdoc="x">',
  '<a href="javascript:alert(1)">',
  '<style>*{}</style>',
])('active markup is refused: %s', (markup) => {
  expect(rules.createHTML(markup)).toBeNull()
})

test('a script runs only from our own origin', () => {
  expect(rules.createScriptURL('/assets/engine.worker.js')).toBe('/assets/engine.worker.js')
  expect(rules.createScriptURL('https://relay.example/sw.js')).not.toBeNull()
  expect(rules.createScriptURL('https://elsewhere.example/sw.js')).toBeNull()
  expect(rules.createScriptURL('data:text/javascript,alert(1)')).toBeNull()
  expect(rules.createScriptURL('blob:https://elsewhere.example/x')).toBeNull()
})
