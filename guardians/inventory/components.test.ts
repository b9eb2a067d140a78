import { expect, test } from 'vitest'
import { sourcesAt } from '../../test/aws/sources.ts'
import type { Platform, PlatformMember } from '../platform.ts'
import { components } from './components.ts'

const nobody = 'http://127.0.0.1:1'

test('a row per component, with who answers for it', async () => {
  const members: PlatformMember[] = [{ id: 'polaris-1', site: 'tokyo-a', role: 'active', version: '1.4.2', status: 'pass' }]
  const platform: Platform = {
    components: async () => [
      { id: 'polaris', title: 'Packet transfer', owner: 'team-core', members, lastSwitchAt: 1_000 },
      { id: 'dipper', title: '', owner: null, members: [] },
    ],
    ...{ pairs: () => [], tlsEndpoints: () => [], environment: () => undefined },
  }
  expect(await components.page(sourcesAt(nobody, { platform }), undefined)).toEqual({
    rows: [
      { arn: 'platform:component/polaris', name: 'Packet transfer', id: 'polaris', owner: 'team-core', members, lastSwitchAt: 1_000 },
      { arn: 'platform:component/dipper', name: 'dipper', id: 'dipper', members: [], lastSwitchAt: undefined },
    ],
  })
})

test('without a configuration nothing is looked at', async () => {
  await expect(components.page(sourcesAt(nobody), undefined)).rejects.toMatchObject({ code: 'no-platform' })
})
