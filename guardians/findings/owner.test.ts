import { describe, expect, test } from 'vitest'
import { smallCatalog } from './fixture.ts'
import { openOwners } from './owner.ts'

const owners = openOwners(
  smallCatalog({
    owners: [
      { match: 'arn:aws:ec2', owner: 'Ben' },
      { match: 'billing-', owner: 'finance' },
    ],
  }),
  () => 'ben',
)
const of = (resource: string, more: { name?: string; owner?: string } = {}) =>
  owners.of({ resource, name: more.name ?? null, owner: more.owner ?? null })

describe('the owner of a resource is', () => {
  test('whom its tag names, by id, name, e-mail or title, in whatever case', () => {
    for (const owner of ['aki', 'AKI TANAKA', 'Aki@Example.com', '@aki'])
      expect(of('x', { owner })).toEqual({ name: 'aki', kind: 'person', by: 'tag' })
    for (const owner of ['team-core', 'core  team']) expect(of('x', { owner })).toEqual({ name: 'team-core', kind: 'team', by: 'tag' })
  })

  test('the words of the tag when they fit nobody, or two: the catalogue does not overrule them', () => {
    expect(of('arn:aws:ec2:x', { owner: 'Data Platform' })).toEqual({ name: 'Data Platform', kind: 'words', by: 'tag' })
    const twins = smallCatalog(
      {},
      {
        people: [
          { id: 'a', name: 'Sam' },
          { id: 'b', name: 'sam' },
        ],
        guardians: {},
      },
    )
    expect(openOwners(twins, () => null).match('SAM')).toBeNull()
  })

  test('whom the configuration names for its ARN, its name, its component', () => {
    expect(of('arn:aws:ec2:us-east-1:1:volume/v')).toEqual({ name: 'ben', kind: 'person', by: 'catalogue' })
    expect(of('arn:aws:s3:::b', { name: 'billing-2026' })).toEqual({ name: 'finance', kind: 'words', by: 'catalogue' })
    expect(of('platform:component/polaris')).toMatchObject({ name: 'team-core', by: 'catalogue' })
    expect(of('arn:aws:rds:x', { name: 'polaris-1' })).toMatchObject({ name: 'team-core', by: 'catalogue' })
  })

  test('the fallback, and nobody where there is none', () => {
    expect(of('arn:aws:s3:::b')).toEqual({ name: 'chi', kind: 'person', by: 'fallback' })
    expect(openOwners(smallCatalog({ fallback: undefined }), () => null).of({ resource: 'x', name: null, owner: null })).toBeNull()
  })
})

describe('who is asked', () => {
  test('the owner; for a team whoever is on call; else the fallback, which is said', () => {
    expect(owners.personFor({ name: 'aki', kind: 'person' })).toEqual({ to: 'aki', via: 'owner' })
    expect(owners.personFor({ name: 'team-core', kind: 'team' })).toEqual({ to: 'ben', via: 'team' })
    expect(owners.personFor({ name: 'Data Platform', kind: 'words' })).toEqual({ to: 'chi', via: 'fallback' })
    expect(openOwners(smallCatalog(), () => null).personFor({ name: 'team-core', kind: 'team' })).toEqual({ to: 'chi', via: 'fallback' })
  })

  test('nobody, with the reason, when there is no fallback', () => {
    const lonely = openOwners(smallCatalog({ fallback: undefined }), () => null)
    expect(() => lonely.personFor({ name: 'Data Platform', kind: 'words' })).toThrow(/"Data Platform" is nobody of the configuration/)
    expect(() => lonely.personFor({ name: 'team-core', kind: 'team' })).toThrow(/nobody is on call for the team team-core/)
    expect(() => owners.named('eve')).toThrow(/"eve" is nobody/)
    expect(owners.named('core team')).toEqual({ to: 'ben', via: 'team', owner: { name: 'team-core', kind: 'team', by: 'ask' } })
  })
})
