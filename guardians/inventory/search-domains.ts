import { DescribeDomainsCommand, ListDomainNamesCommand, OpenSearchClient } from '@aws-sdk/client-opensearch'
import * as z from 'zod/mini'
import { defineInventory, type Resource, type Sources } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface SearchDomain extends Resource {
  id: string
  /** Its metrics name it beside the domain. */
  account: string
  /** `t3.small.search`. */
  nodeType: string
  nodes: number
  /** Nodes that only lead, and warm ones: paid for besides. */
  otherNodes: number
  deleted: boolean
}

/** As many as DescribeDomains takes. */
const atOnce = 5
const namesSchema = z.array(z.string())

/** Domains of OpenSearch and Elasticsearch. The names come in one answer, so the token is the rest of them. AWS does not tell when one was made. */
export const searchDomains = defineInventory<SearchDomain>('search-domains', {
  title: { en: 'Search domains', ja: '検索ドメイン' },
  scope: 'region',
  calls: ['es:ListDomainNames', 'es:DescribeDomains', ...ownerCalls],
  async page(sources, token) {
    const names = token === undefined ? await allNames(sources) : namesSchema.parse(JSON.parse(token))
    if (names.length === 0) return { rows: [] }
    const rest = names.slice(atOnce)
    const rows = await withOwners(sources, await described(sources, names.slice(0, atOnce)))
    return rest.length > 0 ? { rows, next: JSON.stringify(rest) } : { rows }
  },
})

async function allNames({ aws }: Sources): Promise<string[]> {
  const { DomainNames } = await aws.send(OpenSearchClient, new ListDomainNamesCommand({}))
  return (DomainNames ?? []).flatMap(({ DomainName }) => DomainName ?? [])
}

async function described({ aws, target }: Sources, DomainNames: string[]): Promise<SearchDomain[]> {
  const { DomainStatusList } = await aws.send(OpenSearchClient, new DescribeDomainsCommand({ DomainNames }))
  return (DomainStatusList ?? []).map(({ ARN, DomainName, ClusterConfig, Deleted }) => ({
    arn: ARN ?? arnOf(target, 'es', `domain/${DomainName}`),
    id: DomainName ?? '',
    account: target.account,
    name: DomainName ?? '',
    nodeType: ClusterConfig?.InstanceType ?? '',
    nodes: ClusterConfig?.InstanceCount ?? 1,
    otherNodes: (ClusterConfig?.DedicatedMasterEnabled ? (ClusterConfig.DedicatedMasterCount ?? 0) : 0) + (ClusterConfig?.WarmCount ?? 0),
    deleted: Deleted ?? false,
  }))
}
