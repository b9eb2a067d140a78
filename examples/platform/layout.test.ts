import { expect, test } from 'vitest'
import { configSchema } from '../../core/catalog/schema.ts'
import { exampleConfig, nodes } from './layout.ts'

const dataFolder = 'data'
const parsed = configSchema.parse(exampleConfig({ dataFolder }))
const members = parsed.components.flatMap((component) => component.members)

test('the configuration of the example is valid, and every member is on one node', () => {
  expect(members.map(({ id }) => id).sort()).toEqual(Object.values(nodes).flat().sort())
  for (const { id, agent } of members)
    expect(
      parsed.agents.map((each) => each.id),
      id,
    ).toContain(agent)
})

test('everything that is depended on exists', () => {
  const ids = parsed.components.map(({ id }) => id)
  for (const { dependsOn } of parsed.components) for (const id of dependsOn) expect(ids).toContain(id)
})

test('one base shifts every port', () => {
  const portsIn = (config: object) => [...JSON.stringify(config).matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port))
  const usual = portsIn(parsed)
  const shifted = portsIn(configSchema.parse(exampleConfig({ dataFolder, basePort: 23_000 })))
  expect(shifted).toEqual(usual.map((port) => port - 7_100 + 23_000))
})

test('losing either node of Polaris leaves the router, and less than half of the fleet silent', () => {
  for (const node of ['tokyo-a', 'tokyo-c'] as const) {
    expect(nodes[node]).not.toContain('router')
    expect(nodes[node].length / members.length).toBeLessThan(0.4)
  }
})
