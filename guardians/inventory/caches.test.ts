import { afterEach, describe, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll, sourcesAt } from '../../test/aws/sources.ts'
import { cacheClusters } from './cache-clusters.ts'
import { searchDomains } from './search-domains.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const at = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return sourcesAt(aws.url)
}
const owned = (arn: string) =>
  JSON.stringify({ ResourceTagMappingList: [{ ResourceARN: arn, Tags: [{ Key: 'owner', Value: 'team-core' }] }] })
const nobody = JSON.stringify({ ResourceTagMappingList: [] })

describe('cache clusters', () => {
  const page = (items: string, next = '') =>
    `<DescribeCacheClustersResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeCacheClustersResult>${next && `<Marker>${next}</Marker>`}<CacheClusters>${items}</CacheClusters></DescribeCacheClustersResult></DescribeCacheClustersResponse>`
  const arn = 'arn:aws:elasticache:us-east-1:123456789012:cluster:hot-001'

  test('page after page, with owners of the tagging service', async () => {
    const sources = await at({
      DescribeCacheClusters: [
        page(
          `<CacheCluster><CacheClusterId>hot-001</CacheClusterId><ARN>${arn}</ARN><Engine>redis</Engine><CacheNodeType>cache.r6g.large</CacheNodeType><NumCacheNodes>1</NumCacheNodes><CacheClusterStatus>available</CacheClusterStatus><ReplicationGroupId>hot</ReplicationGroupId><CacheClusterCreateTime>2026-01-01T00:00:00Z</CacheClusterCreateTime></CacheCluster>`,
          'more',
        ),
        ({ input }) => page(`<CacheCluster><CacheClusterId>${input.Marker}</CacheClusterId></CacheCluster>`),
      ],
      GetResources: [owned(arn), nobody],
    })
    expect(await readAll(cacheClusters, sources)).toEqual([
      {
        ...{ arn, id: 'hot-001', name: 'hot-001', engine: 'redis', nodeType: 'cache.r6g.large', nodes: 1, status: 'available' },
        ...{ group: 'hot', createdAt: Date.parse('2026-01-01T00:00:00Z'), owner: 'team-core' },
      },
      {
        ...{ arn: 'arn:aws:elasticache:us-east-1:123456789012:cluster:more', id: 'more', name: 'more', engine: '', nodeType: '', nodes: 1 },
        ...{ status: '', group: null, createdAt: null },
      },
    ])
  })

  test('an empty region', async () => {
    expect(await readAll(cacheClusters, await at({ DescribeCacheClusters: page('') }))).toEqual([])
  })

  test('a refusal goes through', async () => {
    const sources = await at({ DescribeCacheClusters: refused('AccessDenied', 'no', { xml: 'query' }) })
    await expect(readAll(cacheClusters, sources)).rejects.toThrow()
  })
})

describe('search domains', () => {
  const names = (count: number) =>
    JSON.stringify({ DomainNames: Array.from({ length: count }, (_, index) => ({ DomainName: `d-${index}`, EngineType: 'OpenSearch' })) })
  const list = 'GET /2021-01-01/domain'
  const describeThem = 'POST /2021-01-01/opensearch/domain-info'

  test('five at a time, as many as AWS describes at once', async () => {
    const sources = await at({
      [list]: names(7),
      [describeThem]: ({ input }) =>
        JSON.stringify({
          DomainStatusList: (input.DomainNames as string[]).map((DomainName) => ({
            ...{ DomainId: `123456789012/${DomainName}`, DomainName, ARN: `arn:${DomainName}`, Created: true, Deleted: false },
            ClusterConfig: { InstanceType: 'r6g.large.search', InstanceCount: 2, DedicatedMasterEnabled: true, DedicatedMasterCount: 3 },
          })),
        }),
      GetResources: owned('arn:d-6'),
    })
    const rows = await readAll(searchDomains, sources)
    expect(rows.map(({ id }) => id)).toEqual(['d-0', 'd-1', 'd-2', 'd-3', 'd-4', 'd-5', 'd-6'])
    expect(rows[6]).toEqual({
      ...{ arn: 'arn:d-6', id: 'd-6', name: 'd-6', account: '123456789012', nodeType: 'r6g.large.search', nodes: 2, otherNodes: 3 },
      ...{ deleted: false, owner: 'team-core' },
    })
    expect([aws?.count(list), aws?.count(describeThem)]).toEqual([1, 2])
  })

  test('one that says nothing of its nodes', async () => {
    const sources = await at({
      [list]: names(1),
      [describeThem]: JSON.stringify({ DomainStatusList: [{ DomainName: 'd-0' }] }),
      GetResources: nobody,
    })
    expect(await readAll(searchDomains, sources)).toMatchObject([
      { arn: 'arn:aws:es:us-east-1:123456789012:domain/d-0', nodeType: '', nodes: 1, otherNodes: 0 },
    ])
  })

  test('an empty region: nothing is described', async () => {
    expect(await readAll(searchDomains, await at({ [list]: names(0) }))).toEqual([])
    expect(aws?.calls).toHaveLength(1)
  })

  test('a refusal goes through', async () => {
    await expect(readAll(searchDomains, await at({ [list]: refused('AccessDeniedException') }))).rejects.toThrow()
  })
})
