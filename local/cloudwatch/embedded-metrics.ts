import type { LogSink } from '../lambda/environment.ts';
import type { Metrics } from './metrics.ts';

interface EmbeddedMetrics {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
  [member: string]: unknown;
}

/** The same log, from which lines in the embedded metric format are read on their way, as CloudWatch Logs does. */
export function withEmbeddedMetrics(sink: LogSink, metrics: Metrics): LogSink {
  return (name, request, line) => {
    if (line.startsWith('{"_aws":'))
      for (const [metric, value, at] of readEmbedded(line)) metrics.add(metric, value, at);
    sink(name, request, line);
  };
}

/** Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide. */
function* readEmbedded(line: string): Iterable<Parameters<Metrics['add']>> {
  const { _aws: told, ...members } = JSON.parse(line) as EmbeddedMetrics;
  for (const { Namespace, Dimensions, Metrics } of told.CloudWatchMetrics) {
    for (const names of Dimensions) {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(members[name])]));
      for (const { Name } of Metrics) {
        for (const value of [members[Name]].flat()) {
          yield [{ namespace: Namespace, name: Name, dimensions }, value as number, told.Timestamp];
        }
      }
    }
  }
}
