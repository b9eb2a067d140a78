import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import { isFault } from '../../core/errors.ts'
import type { IamAction, Sources } from '../define.ts'
import { ownerIn } from '../resource.ts'

/** For services whose lists tell no tags: to be declared among the `calls` of an inventory that asks `ownersOf`. */
export const ownerCalls: readonly IamAction[] = ['tag:GetResources']

/** AWS takes so many ARNs in one call. */
const arnsAtOnce = 100

/** Who owns these resources by their tags, by ARN: a call per hundred. Who may not read tags gets no owners, and the findings their fallback. */
export async function ownersOf(
  { aws, settings }: Pick<Sources, 'aws' | 'settings'>,
  arns: readonly string[],
): Promise<Map<string, string>> {
  const owners = new Map<string, string>()
  for (let from = 0; from < arns.length; from += arnsAtOnce) {
    const ask = new GetResourcesCommand({ ResourceARNList: arns.slice(from, from + arnsAtOnce) })
    const answer = await aws.send(ResourceGroupsTaggingAPIClient, ask).catch((error: unknown) => {
      if (isFault(error, 'aws-denied')) return null
      throw error
    })
    if (answer === null) return owners
    for (const { ResourceARN, Tags } of answer.ResourceTagMappingList ?? []) {
      const { owner } = ownerIn(Tags, settings)
      if (ResourceARN && owner) owners.set(ResourceARN, owner)
    }
  }
  return owners
}

/** The same rows, each with its owner where tags name one. */
export async function withOwners<Row extends { arn: string; owner?: string }>(
  sources: Pick<Sources, 'aws' | 'settings'>,
  rows: readonly Row[],
): Promise<Row[]> {
  const owners = await ownersOf(
    sources,
    rows.map(({ arn }) => arn),
  )
  return rows.map((row) => {
    const owner = owners.get(row.arn)
    return owner === undefined ? row : { ...row, owner }
  })
}
