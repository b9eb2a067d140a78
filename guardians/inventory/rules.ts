import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge'
import * as z from 'zod/mini'
import { isFault } from '../../core/errors.ts'
import { defineDetail, defineInventory, type InventoryPage, type Resource, type Sources } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface Rule extends Resource {
  name: string
  /** `default`, or the name of a bus of one's own or of a partner. */
  bus: string
  enabled: boolean
  /** Made and kept by a service of AWS: nobody else may change it. */
  managed: boolean
}

/** Where the listing stands. */
const positionSchema = z.strictObject({
  /** Buses whose rules are still to be read, the first of them perhaps half-way. */
  buses: z.array(z.string()),
  /** Token of the rules of the first bus. */
  rules: z.optional(z.string()),
  /** Token of further buses. */
  more: z.optional(z.string()),
})
type Position = z.infer<typeof positionSchema>

/** EventBridge rules on every bus. Buses and rules have lists and tokens of their own. */
export const rules = defineInventory<Rule>('rules', {
  title: { en: 'EventBridge rules', ja: 'EventBridge ルール' },
  scope: 'region',
  calls: ['events:ListEventBuses', 'events:ListRules', ...ownerCalls],
  async page(sources, token) {
    const position = token === undefined ? await busesAt(sources, undefined) : positionSchema.parse(JSON.parse(token))
    const [bus, ...later] = position.buses
    if (bus === undefined) return position.more ? after(await busesAt(sources, position.more), []) : { rows: [] }
    const { found, next } = await rulesOf(sources, bus, position.rules)
    const rows = await withOwners(sources, found)
    const { more } = position
    if (next) return after({ buses: position.buses, rules: next, ...(more ? { more } : {}) }, rows)
    return after({ buses: later, ...(more ? { more } : {}) }, rows)
  },
})

const after = (position: Position, rows: Rule[]): InventoryPage<Rule> =>
  position.buses.length > 0 || position.more ? { rows, next: JSON.stringify(position) } : { rows }

async function busesAt({ aws }: Sources, token: string | undefined): Promise<Position> {
  const answer = await aws.send(EventBridgeClient, new ListEventBusesCommand({ Limit: 100, NextToken: token }))
  const buses = (answer.EventBuses ?? []).flatMap(({ Name }) => Name ?? [])
  return { buses, ...(answer.NextToken ? { more: answer.NextToken } : {}) }
}

async function rulesOf(
  { aws, target }: Sources,
  bus: string,
  token: string | undefined,
): Promise<{ found: Rule[]; next?: string | undefined }> {
  try {
    const answer = await aws.send(EventBridgeClient, new ListRulesCommand({ EventBusName: bus, Limit: 100, NextToken: token }))
    const found = (answer.Rules ?? []).map(
      (rule): Rule => ({
        arn: rule.Arn ?? arnOf(target, 'events', `rule/${bus === 'default' ? '' : `${bus}/`}${rule.Name}`),
        name: rule.Name ?? '',
        bus: rule.EventBusName ?? bus,
        enabled: rule.State !== 'DISABLED',
        managed: Boolean(rule.ManagedBy),
      }),
    )
    return { found, next: answer.NextToken }
  } catch (error) {
    // The bus went between two pages, and its rules with it.
    if (isFault(error, 'aws-absent')) return { found: [] }
    throw error
  }
}

export interface RuleTarget {
  arn: string
  hasDeadLetterQueue: boolean
}

/** A rule has five targets unless AWS allowed more; a list that goes on beyond this many pages is taken as it is. */
const maxPages = 20

/** To whom a rule sends. */
export const ruleTargets = defineDetail<Rule, RuleTarget[]>('rule-targets', {
  calls: ['events:ListTargetsByRule'],
  async get({ aws }, rows) {
    const byRule = new Map<string, RuleTarget[]>()
    for (const { arn, name, bus } of rows) {
      const targets: RuleTarget[] = []
      let token: string | undefined
      for (let page = 0; page < maxPages; page++) {
        const ask = new ListTargetsByRuleCommand({ Rule: name, EventBusName: bus, Limit: 100, NextToken: token })
        const answer = await aws.send(EventBridgeClient, ask)
        for (const { Arn, DeadLetterConfig } of answer.Targets ?? []) {
          targets.push({ arn: Arn ?? '', hasDeadLetterQueue: Boolean(DeadLetterConfig?.Arn) })
        }
        if (!answer.NextToken || answer.NextToken === token) break
        token = answer.NextToken
      }
      byRule.set(arn, targets)
    }
    return byRule
  },
})
