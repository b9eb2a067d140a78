import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { defineInventory, type Resource } from '../define.ts'
import { ownerIn } from '../resource.ts'

export interface Secret extends Resource {
  /** Epoch ms. */
  createdAt: number | null
  /** The day of the last use, by AWS's reckoning; null: never. */
  lastUsedAt: number | null
  /** The service that keeps it, as RDS does with its passwords. */
  keptBy: string | null
  /** A copy of one in another region. */
  replica: boolean
}

/** Secrets, by name only: no value is ever read. */
export const secrets = defineInventory<Secret>('secrets', {
  title: { en: 'Secrets of Secrets Manager', ja: 'Secrets Manager のシークレット' },
  scope: 'region',
  calls: ['secretsmanager:ListSecrets'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(SecretsManagerClient, new ListSecretsCommand({ MaxResults: 100, NextToken: token }))
    const rows = (answer.SecretList ?? []).map(
      (secret): Secret => ({
        arn: secret.ARN ?? '',
        ...(secret.Name ? { name: secret.Name } : {}),
        createdAt: secret.CreatedDate?.getTime() ?? null,
        lastUsedAt: secret.LastAccessedDate?.getTime() ?? null,
        keptBy: secret.OwningService ?? null,
        replica: secret.PrimaryRegion !== undefined && secret.PrimaryRegion !== target.region,
        ...ownerIn(secret.Tags, settings),
      }),
    )
    return answer.NextToken ? { rows, next: answer.NextToken } : { rows }
  },
})
