import type { AwsClient, AwsClientSettings, AwsClientType } from '../aws/aws.ts'

const made = new Map<AwsClientType, Map<string, AwsClientType>>()

/**
 * The same client with a setting of its own: `settled(S3Client, { followRegionRedirects: true })`. The same one for the same
 * settings, because clients are kept by their class.
 */
export function settled<Type extends AwsClientType>(type: Type, own: Readonly<Record<string, string | boolean>>): Type {
  const key = JSON.stringify(own)
  const kept = made.get(type) ?? new Map<string, AwsClientType>()
  made.set(type, kept)
  const known = kept.get(key)
  if (known) return known as Type
  function Settled(settings: AwsClientSettings): AwsClient {
    return new type({ ...settings, ...own })
  }
  kept.set(key, Settled as unknown as AwsClientType)
  return Settled as unknown as Type
}
