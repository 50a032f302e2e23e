/** AWS::SQS::Queue, resolved. */
export interface QueueDefinition {
  name: string;
  arn: string;
  isFifo: boolean;
  usesContentBasedDeduplication: boolean;
  /** Whether the same deduplication id may come again in another group. */
  deduplicatesByGroup?: boolean;
  /** Business seconds. */
  delaySeconds: number;
  /** Wall seconds. */
  visibilityTimeoutSeconds: number;
  /** Business seconds. */
  retentionSeconds: number;
  /** Wall seconds a ReceiveMessage waits unless it says otherwise. */
  receiveWaitSeconds: number;
  maximumMessageBytes: number;
  redrive?: { deadLetterQueueName: string; maxReceiveCount: number };
}

/** What a request to the queue is metered as: FIFO costs more. */
export function requestUnit({ isFifo }: Pick<QueueDefinition, 'isFifo'>): 'sqs.request' | 'sqs.fifoRequest' {
  return isFifo ? 'sqs.fifoRequest' : 'sqs.request';
}

export interface MessageAttribute {
  DataType: string;
  StringValue?: string | undefined;
  /** Base64. */
  BinaryValue?: string | undefined;
}

export interface NewMessage {
  body: string;
  attributes?: Record<string, MessageAttribute>;
  /** Business seconds; the queue's own delay unless told. */
  delaySeconds?: number | undefined;
  groupId?: string | undefined;
  deduplicationId?: string | undefined;
  senderId: string;
}

export interface SentMessage {
  messageId: string;
  sequenceNumber?: string;
}

export interface ReceivedMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, MessageAttribute>;
  groupId: string | null;
  deduplicationId: string | null;
  sequenceNumber: string;
  senderId: string;
  /** Business ms. */
  sentAt: number;
  /** Business ms. */
  firstReceivedAt: number;
  receiveCount: number;
}
