import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { type Certificate, certificateState, certificates } from './certificates.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return sourcesThrough(accessTo(aws.url), aws.url)
}
const arn = (id: string) => `arn:aws:acm:us-east-1:123456789012:certificate/${id}`
const row = (id: string) => ({ arn: arn(id) }) as Certificate

test('page after page, of every kind of key, with the owner that its tags name', async () => {
  const rows = await readAll(
    certificates,
    await open({
      ListCertificates: [
        JSON.stringify({
          NextToken: 'more',
          CertificateSummaryList: [
            {
              ...{ CertificateArn: arn('c-1'), DomainName: 'jidoka.example', Status: 'ISSUED', Type: 'AMAZON_ISSUED', InUse: true },
              ...{ KeyAlgorithm: 'EC-prime256v1', NotAfter: 1_800_000_000 },
            },
          ],
        }),
        JSON.stringify({ CertificateSummaryList: [{ CertificateArn: arn('c-2') }] }),
      ],
      GetResources: JSON.stringify({ ResourceTagMappingList: [{ ResourceARN: arn('c-1'), Tags: [{ Key: 'owner', Value: 'web' }] }] }),
    }),
  )
  expect(rows).toEqual([
    {
      ...{ arn: arn('c-1'), name: 'jidoka.example', domain: 'jidoka.example', status: 'ISSUED', type: 'AMAZON_ISSUED', owner: 'web' },
      ...{ inUse: true, expiresAt: 1_800_000_000_000 },
    },
    { arn: arn('c-2'), name: '', domain: '', status: '', type: '', inUse: false, expiresAt: null },
  ])
  const [first, second] = aws?.calls.filter(({ operation }) => operation === 'ListCertificates') ?? []
  expect(first?.input).toMatchObject({ MaxItems: 1000, Includes: { keyTypes: expect.arrayContaining(['EC_prime256v1', 'RSA_4096']) } })
  expect(second?.input).toMatchObject({ NextToken: 'more' })
})

test('why it was not renewed, and who uses it', async () => {
  const sources = await open({
    DescribeCertificate: ({ input }) =>
      JSON.stringify({
        Certificate:
          input.CertificateArn === arn('c-1')
            ? {
                ...{ CertificateArn: arn('c-1'), NotAfter: 1_800_000_000, InUseBy: ['arn:elb-1', 'arn:elb-2'] },
                RenewalSummary: { RenewalStatus: 'PENDING_VALIDATION', RenewalStatusReason: 'CAA_ERROR' },
              }
            : { CertificateArn: arn('c-2') },
      }),
  })
  expect(await certificateState.get(sources, [row('c-1'), row('c-2')])).toEqual(
    new Map([
      [arn('c-1'), { expiresAt: 1_800_000_000_000, usedBy: 2, renewal: 'PENDING_VALIDATION', reason: 'CAA_ERROR' }],
      [arn('c-2'), { expiresAt: null, usedBy: 0, renewal: null, reason: null }],
    ]),
  )
})

test('an empty region', async () => {
  expect(await readAll(certificates, await open({ ListCertificates: '{}' }))).toEqual([])
})

test('a refusal names the permission', async () => {
  const denied = refused('AccessDeniedException', 'no', { status: 400 })
  const sources = await open({ ListCertificates: denied, DescribeCertificate: denied })
  await expect(readAll(certificates, sources)).rejects.toMatchObject({ details: { action: 'acm:ListCertificates' } })
  await expect(certificateState.get(sources, [row('c-1')])).rejects.toMatchObject({ details: { action: 'acm:DescribeCertificate' } })
})
