import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { Moto } from './moto.ts'

/** Writes one datapoint as a service would: `AWS/SQS`, its metric, of this resource, at a moment (epoch ms). */
export async function measure(
  moto: Moto,
  [namespace, metric]: readonly [namespace: string, metric: string],
  dimensions: Readonly<Record<string, string>>,
  value: number,
  at: number,
): Promise<void> {
  await moto.client(CloudWatchClient).send(
    new PutMetricDataCommand({
      Namespace: namespace,
      MetricData: [
        {
          ...{ MetricName: metric, Value: value, Timestamp: new Date(at) },
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
      ],
    }),
  )
}
