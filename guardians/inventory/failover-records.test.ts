import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { failoverRecords } from './failover-records.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}

const zones = (ids: string[], next = '') =>
  `<?xml version="1.0"?><ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones>${ids
    .map((id) => `<HostedZone><Id>/hostedzone/${id}</Id><Name>${id}.example.</Name><CallerReference>r</CallerReference></HostedZone>`)
    .join(
      '',
    )}</HostedZones><MaxItems>100</MaxItems><IsTruncated>${next !== ''}</IsTruncated>${next && `<NextMarker>${next}</NextMarker>`}</ListHostedZonesResponse>`
const records = (sets: string, next = '') =>
  `<?xml version="1.0"?><ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>${sets}</ResourceRecordSets><MaxItems>300</MaxItems><IsTruncated>${next !== ''}</IsTruncated>${next}</ListResourceRecordSetsResponse>`
const next = (name: string, id: string) =>
  `<NextRecordName>${name}</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>${id}</NextRecordIdentifier>`
const set = (name: string, failover: string, to: string, check = '') =>
  `<ResourceRecordSet><Name>${name}</Name><Type>A</Type><SetIdentifier>${failover}</SetIdentifier><Failover>${failover}</Failover><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>${to}</Value></ResourceRecord></ResourceRecords>${check && `<HealthCheckId>${check}</HealthCheckId>`}</ResourceRecordSet>`
const plain = '<ResourceRecordSet><Name>z.example.</Name><Type>A</Type><TTL>60</TTL></ResourceRecordSet>'
const alias = (name: string, failover: string) =>
  `<ResourceRecordSet><Name>${name}</Name><Type>A</Type><SetIdentifier>${failover}</SetIdentifier><Failover>${failover}</Failover><AliasTarget><HostedZoneId>Z</HostedZoneId><DNSName>elb.example.</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>`
const row = (zone: string, record: string, primary: unknown, secondary: unknown) => ({
  ...{ arn: `arn:aws:route53:::hostedzone/${zone}/recordset/${record}/A`, name: record, record, type: 'A', primary, secondary },
})
const to = (target: string, checked: boolean) => ({ targets: [target], checked })

test('pairs of all zones, also where the halves lie on two pages', async () => {
  const rows = await readAll(
    failoverRecords,
    await open({
      'GET /2013-04-01/hostedzone': [zones(['Z1', 'Z2'], 'Z3'), zones(['Z3'])],
      'GET /2013-04-01/hostedzone/Z1/rrset': [
        records(`${alias('a.example.', 'PRIMARY')}${set('b.example.', 'PRIMARY', '192.0.2.1', 'hc-1')}`, next('b.example.', 'SECONDARY')),
        records(`${set('b.example.', 'SECONDARY', '192.0.2.2')}${set('c.example.', 'SECONDARY', '192.0.2.3')}`, next('z.example.', 'x')),
        records(plain),
      ],
      'GET /2013-04-01/hostedzone/Z2/rrset': records(plain),
      'GET /2013-04-01/hostedzone/Z3/rrset': records(set('d.example.', 'PRIMARY', '192.0.2.4')),
    }),
  )
  expect(rows).toEqual([
    row('Z1', 'a.example.', to('elb.example.', true), null),
    row('Z1', 'b.example.', to('192.0.2.1', true), to('192.0.2.2', false)),
    row('Z1', 'c.example.', null, to('192.0.2.3', false)),
    row('Z3', 'd.example.', to('192.0.2.4', false), null),
  ])
  expect(aws?.calls.map(({ input: { marker, name, identifier } }) => marker ?? (name ? `${name} ${identifier}` : ''))).toEqual([
    ...['', '', 'b.example. SECONDARY', 'z.example. x', '', 'Z3', ''],
  ])
})

test('a half whose other half never comes', async () => {
  const answers = [records(set('b.example.', 'PRIMARY', '192.0.2.1'), next('b.example.', 'weighted')), records(plain)]
  const sources = await open({ 'GET /2013-04-01/hostedzone': zones(['Z1']), 'GET /2013-04-01/hostedzone/Z1/rrset': answers })
  expect(await readAll(failoverRecords, sources)).toEqual([row('Z1', 'b.example.', to('192.0.2.1', false), null)])
})

test('an account without zones', async () => {
  expect(await readAll(failoverRecords, await open({ 'GET /2013-04-01/hostedzone': zones([]) }))).toEqual([])
})

test('a refusal names the permission', async () => {
  const denied = refused('AccessDenied', 'no', { xml: 'query' })
  await expect(readAll(failoverRecords, await open({ 'GET /2013-04-01/hostedzone': denied }))).rejects.toMatchObject({
    details: { action: 'route53:ListHostedZones' },
  })
  await aws?.close()
  const sources = await open({ 'GET /2013-04-01/hostedzone': zones(['Z1']), 'GET /2013-04-01/hostedzone/Z1/rrset': denied })
  await expect(readAll(failoverRecords, sources)).rejects.toMatchObject({ details: { action: 'route53:ListResourceRecordSets' } })
})
