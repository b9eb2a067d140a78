import { expect, test } from 'vitest'
import { indexCatalog } from './catalog.ts'
import { configSchema } from './schema.ts'

const catalog = indexCatalog(
  configSchema.parse({
    agents: [{ id: 'tokyo-a', url: 'http://127.0.0.1:7200' }],
    components: [
      {
        id: 'polaris',
        members: [
          { id: 'polaris-1', hooks: 'http://127.0.0.1:7101', agent: 'tokyo-a' },
          { id: 'polaris-2', agent: 'tokyo-a' },
        ],
      },
      { id: 'leo', members: [{ id: 'leo-1' }] },
    ],
  }),
)

test('a member is found with its component', () => {
  expect(catalog.member('polaris-2')).toMatchObject({ member: { id: 'polaris-2' }, component: { id: 'polaris' } })
  expect(catalog.memberCount).toBe(3)
})

test('what does not exist is a coded error for those who need it, and undefined for those who look', () => {
  expect(() => catalog.component('polari')).toThrow(
    expect.objectContaining({ code: 'not-found', message: 'There is no component "polari".' }),
  )
  expect(() => catalog.member('x')).toThrow(expect.objectContaining({ code: 'not-found' }))
  expect([catalog.findComponent('polari'), catalog.findMember('x')]).toEqual([undefined, undefined])
})

test("a member's own hooks come first, its agent's view of it always stands beside", () => {
  expect(catalog.hooksOf('polaris-1')).toEqual({ own: 'http://127.0.0.1:7101', agent: 'http://127.0.0.1:7200/members/polaris-1' })
  expect(catalog.hooksOf('polaris-2')).toEqual({
    own: 'http://127.0.0.1:7200/members/polaris-2',
    agent: 'http://127.0.0.1:7200/members/polaris-2',
  })
  expect(catalog.hooksOf('leo-1')).toEqual({ own: undefined, agent: undefined })
})
