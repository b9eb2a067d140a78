import { defineCheck, fail, pass, unknown } from '../define.ts'
import { type SearchDomain, searchDomains } from '../inventory/search-domains.ts'
import { searchItem } from '../prices-database.ts'

/** A domain searches its own system indices now and then, so that a little is nothing. */
export const searchIdle = defineCheck('database-search-idle', {
  number: 44,
  severity: 'medium',
  title: { en: 'Search domain that nobody asks', ja: '誰も使っていない検索ドメイン' },
  why: {
    en: 'Its nodes are paid for by the hour, searched or not.',
    ja: '検索されなくても、ノードの料金が毎時間かかります。',
  },
  fix: {
    en: 'Ask its owner; in doubt take a snapshot of its indices. Then `aws opensearch delete-domain --domain-name NAME`.',
    ja: '所有者に確認し、迷う場合はインデックスのスナップショットを取ってから `aws opensearch delete-domain --domain-name NAME`。',
  },
  peers: ['cloudrift'],
  says: {
    idle: {
      en: '{nodes} x {nodeType}: hardly a search or write in {windowDays} days',
      ja: '{nodeType} × {nodes}: {windowDays} 日間、検索も書き込みもほぼなし',
    },
  },
  subject: searchDomains,
  options: {
    idleDays: { default: 14, unit: 'days', source: 'cloudrift' },
    idlePerMinute: { default: 1, unit: 'searches or writes a minute, on average of a day', source: 'ours' },
  },
  metrics: {
    searches: {
      ...{ namespace: 'AWS/ES', metric: 'SearchRate', stat: 'Average', periodS: 86_400, days: { option: 'idleDays' }, absent: 'unknown' },
      dimensions: ({ id, account }: SearchDomain) => ({ DomainName: id, ClientId: account }),
    },
    writes: {
      ...{ namespace: 'AWS/ES', metric: 'IndexingRate', stat: 'Average', periodS: 86_400, days: { option: 'idleDays' }, absent: 'unknown' },
      dimensions: ({ id, account }: SearchDomain) => ({ DomainName: id, ClientId: account }),
    },
  },
  applies: ({ deleted }) => !deleted,
  judge({ nodeType, nodes, otherNodes }, { options, metrics, savings }) {
    const searchesPerMinute = Math.max(0, ...metrics.searches.values)
    const writesPerMinute = Math.max(0, ...metrics.writes.values)
    if (Math.max(searchesPerMinute, writesPerMinute) > options.idlePerMinute) return pass
    // AWS does not tell its age: it is at least as old as what was measured.
    const daysMeasured = metrics.searches.values.length
    if (daysMeasured < options.idleDays) return unknown(`${options.idleDays} days of metrics; there are ${daysMeasured}`)
    const price = searchItem(nodeType)
    const evidence = { nodeType, nodes, otherNodes, searchesPerMinute, writesPerMinute, windowDays: options.idleDays }
    return fail('idle', evidence, { savings: price && savings(price.item, price.quantity * nodes) })
  },
})
