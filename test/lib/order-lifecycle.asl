{
  "StartAt": "Stores confirm",
  "States": {
    "Stores confirm": {
      "Next": "Did the stores confirm?",
      "Retry": [
        {
          "ErrorEquals": [
            "DynamoDb.InternalServerErrorException",
            "DynamoDb.ProvisionedThroughputExceededException",
            "DynamoDb.RequestLimitExceededException",
            "DynamoDb.SdkClientException",
            "DynamoDb.ThrottlingException",
            "DynamoDb.TransactionConflictException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "Output": "{% $parse($states.errorOutput.Cause) %}",
          "ErrorEquals": [
            "DeadlineChanged"
          ],
          "Next": "Stores confirm"
        },
        {
          "ErrorEquals": [
            "States.Timeout"
          ],
          "Next": "Time is up: stores confirm"
        }
      ],
      "Type": "Task",
      "Comment": "Waiting for every store to accept or reject its part. Operations may call a silent store, or cancel the order.",
      "TimeoutSeconds": "{% $max([1, $ceil(($toMillis(($exists($states.input.deadlines) ? $states.input.deadlines.storesConfirm : $states.input.storesConfirmBy)) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
      "Arguments": {
        "TableName": "orders",
        "Key": {
          "pk": {
            "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
          },
          "sk": {
            "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#storesConfirm' %}"
          }
        },
        "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
        "ExpressionAttributeNames": {
          "#token": "token",
          "#state": "state",
          "#execution": "execution"
        },
        "ExpressionAttributeValues": {
          ":token": {
            "S": "{% $states.context.Task.Token %}"
          },
          ":state": {
            "S": "{% $states.context.State.Name %}"
          },
          ":dueAt": {
            "S": "{% ($exists($states.input.deadlines) ? $states.input.deadlines.storesConfirm : $states.input.storesConfirmBy) %}"
          },
          ":enteredAt": {
            "S": "{% $states.context.State.EnteredTime %}"
          },
          ":execution": {
            "S": "{% $states.context.Execution.Id %}"
          },
          ":duePk": {
            "S": "WAIT"
          }
        }
      },
      "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
    },
    "Did the stores confirm?": {
      "Type": "Choice",
      "Comment": "Whether there is something to deliver.",
      "Choices": [
        {
          "Condition": "{% $states.input.outcome = 'confirmed' %}",
          "Next": "Get ready and find a driver"
        },
        {
          "Condition": "{% $states.input.outcome = 'not_due' %}",
          "Next": "Stores confirm"
        },
        {
          "Condition": "{% $states.input.outcome = 'ended' %}",
          "Next": "Settle"
        },
        {
          "Condition": "{% $states.input.outcome = 'superseded' %}",
          "Next": "Superseded"
        }
      ],
      "Default": "Driver collects"
    },
    "Time is up: stores confirm": {
      "Next": "Did the stores confirm?",
      "Retry": [
        {
          "ErrorEquals": [
            "States.TaskFailed"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Type": "Task",
      "Comment": "The deadline of \"Stores confirm\" has come. What that means is decided by the order; if it has moved, we wait again.",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
        "Payload": {
          "action": "deadline",
          "state": "storesConfirm",
          "orderId": "{% $states.context.Execution.Input.orderId %}",
          "generation": "{% $states.context.Execution.Input.generation %}",
          "now": "{% $states.context.State.EnteredTime %}"
        }
      },
      "Output": "{% $states.result.Payload %}",
      "Resource": "arn:aws:states:::lambda:invoke"
    },
    "Driver collects": {
      "Next": "What has the driver?",
      "Retry": [
        {
          "ErrorEquals": [
            "DynamoDb.InternalServerErrorException",
            "DynamoDb.ProvisionedThroughputExceededException",
            "DynamoDb.RequestLimitExceededException",
            "DynamoDb.SdkClientException",
            "DynamoDb.ThrottlingException",
            "DynamoDb.TransactionConflictException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "Output": "{% $parse($states.errorOutput.Cause) %}",
          "ErrorEquals": [
            "DeadlineChanged"
          ],
          "Next": "Driver collects"
        },
        {
          "ErrorEquals": [
            "States.Timeout"
          ],
          "Next": "Time is up: driver collects"
        }
      ],
      "Type": "Task",
      "Comment": "Waiting for the driver to take over the parcels of every store. Operations may reassign the order, or cancel it.",
      "TimeoutSeconds": "{% $max([1, $ceil(($toMillis($states.input.deadlines.driverCollects) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
      "Arguments": {
        "TableName": "orders",
        "Key": {
          "pk": {
            "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
          },
          "sk": {
            "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#driverCollects' %}"
          }
        },
        "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
        "ExpressionAttributeNames": {
          "#token": "token",
          "#state": "state",
          "#execution": "execution"
        },
        "ExpressionAttributeValues": {
          ":token": {
            "S": "{% $states.context.Task.Token %}"
          },
          ":state": {
            "S": "{% $states.context.State.Name %}"
          },
          ":dueAt": {
            "S": "{% $states.input.deadlines.driverCollects %}"
          },
          ":enteredAt": {
            "S": "{% $states.context.State.EnteredTime %}"
          },
          ":execution": {
            "S": "{% $states.context.Execution.Id %}"
          },
          ":duePk": {
            "S": "WAIT"
          }
        }
      },
      "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
    },
    "Get ready and find a driver": {
      "Type": "Parallel",
      "Comment": "Waiting for the stores and for a driver, whichever takes longer.",
      "Next": "Driver collects",
      "Output": "{% $states.result[0] %}",
      "Branches": [
        {
          "StartAt": "Stores get ready",
          "States": {
            "Stores get ready": {
              "QueryLanguage": "JSONata",
              "End": true,
              "Retry": [
                {
                  "ErrorEquals": [
                    "DynamoDb.InternalServerErrorException",
                    "DynamoDb.ProvisionedThroughputExceededException",
                    "DynamoDb.RequestLimitExceededException",
                    "DynamoDb.SdkClientException",
                    "DynamoDb.ThrottlingException",
                    "DynamoDb.TransactionConflictException"
                  ],
                  "IntervalSeconds": 1,
                  "MaxAttempts": 4,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 8,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                {
                  "Output": "{% $parse($states.errorOutput.Cause) %}",
                  "ErrorEquals": [
                    "DeadlineChanged"
                  ],
                  "Next": "Stores get ready"
                },
                {
                  "ErrorEquals": [
                    "States.Timeout"
                  ],
                  "Next": "Time is up: stores get ready"
                }
              ],
              "Type": "Task",
              "Comment": "Waiting for every store to have its parcels ready. Operations may call a late store, or cancel the order.",
              "TimeoutSeconds": "{% $max([1, $ceil(($toMillis($states.input.deadlines.storesGetReady) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
              "Arguments": {
                "TableName": "orders",
                "Key": {
                  "pk": {
                    "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
                  },
                  "sk": {
                    "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#storesGetReady' %}"
                  }
                },
                "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
                "ExpressionAttributeNames": {
                  "#token": "token",
                  "#state": "state",
                  "#execution": "execution"
                },
                "ExpressionAttributeValues": {
                  ":token": {
                    "S": "{% $states.context.Task.Token %}"
                  },
                  ":state": {
                    "S": "{% $states.context.State.Name %}"
                  },
                  ":dueAt": {
                    "S": "{% $states.input.deadlines.storesGetReady %}"
                  },
                  ":enteredAt": {
                    "S": "{% $states.context.State.EnteredTime %}"
                  },
                  ":execution": {
                    "S": "{% $states.context.Execution.Id %}"
                  },
                  ":duePk": {
                    "S": "WAIT"
                  }
                }
              },
              "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
            },
            "Are the stores ready?": {
              "Type": "Choice",
              "QueryLanguage": "JSONata",
              "Comment": "A store that got more time is waited for again.",
              "Choices": [
                {
                  "Condition": "{% $states.input.outcome = 'not_due' %}",
                  "Next": "Stores get ready"
                }
              ],
              "Default": "Go on with what is ready"
            },
            "Time is up: stores get ready": {
              "QueryLanguage": "JSONata",
              "Next": "Are the stores ready?",
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.TaskFailed"
                  ],
                  "IntervalSeconds": 1,
                  "MaxAttempts": 4,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 8,
                  "JitterStrategy": "FULL"
                }
              ],
              "Type": "Task",
              "Comment": "The deadline of \"Stores get ready\" has come. What that means is decided by the order; if it has moved, we wait again.",
              "Arguments": {
                "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
                "Payload": {
                  "action": "deadline",
                  "state": "storesGetReady",
                  "orderId": "{% $states.context.Execution.Input.orderId %}",
                  "generation": "{% $states.context.Execution.Input.generation %}",
                  "now": "{% $states.context.State.EnteredTime %}"
                }
              },
              "Output": "{% $states.result.Payload %}",
              "Resource": "arn:aws:states:::lambda:invoke"
            },
            "Go on with what is ready": {
              "Type": "Pass",
              "QueryLanguage": "JSONata",
              "Comment": "What this means is read from the order as it now stands.",
              "End": true
            }
          }
        },
        {
          "StartAt": "Find a driver",
          "States": {
            "Find a driver": {
              "QueryLanguage": "JSONata",
              "End": true,
              "Retry": [
                {
                  "ErrorEquals": [
                    "DynamoDb.InternalServerErrorException",
                    "DynamoDb.ProvisionedThroughputExceededException",
                    "DynamoDb.RequestLimitExceededException",
                    "DynamoDb.SdkClientException",
                    "DynamoDb.ThrottlingException",
                    "DynamoDb.TransactionConflictException"
                  ],
                  "IntervalSeconds": 1,
                  "MaxAttempts": 4,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 8,
                  "JitterStrategy": "FULL"
                }
              ],
              "Catch": [
                {
                  "Output": "{% $parse($states.errorOutput.Cause) %}",
                  "ErrorEquals": [
                    "DeadlineChanged"
                  ],
                  "Next": "Find a driver"
                },
                {
                  "ErrorEquals": [
                    "States.Timeout"
                  ],
                  "Next": "Time is up: find a driver"
                }
              ],
              "Type": "Task",
              "Comment": "Waiting for a driver to accept the run. Operations may assign one, or cancel the order.",
              "TimeoutSeconds": "{% $max([1, $ceil(($toMillis($states.input.deadlines.findDriver) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
              "Arguments": {
                "TableName": "orders",
                "Key": {
                  "pk": {
                    "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
                  },
                  "sk": {
                    "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#findDriver' %}"
                  }
                },
                "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
                "ExpressionAttributeNames": {
                  "#token": "token",
                  "#state": "state",
                  "#execution": "execution"
                },
                "ExpressionAttributeValues": {
                  ":token": {
                    "S": "{% $states.context.Task.Token %}"
                  },
                  ":state": {
                    "S": "{% $states.context.State.Name %}"
                  },
                  ":dueAt": {
                    "S": "{% $states.input.deadlines.findDriver %}"
                  },
                  ":enteredAt": {
                    "S": "{% $states.context.State.EnteredTime %}"
                  },
                  ":execution": {
                    "S": "{% $states.context.Execution.Id %}"
                  },
                  ":duePk": {
                    "S": "WAIT"
                  }
                }
              },
              "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
            },
            "Is there a driver?": {
              "Type": "Choice",
              "QueryLanguage": "JSONata",
              "Comment": "While there is time left, the search goes on.",
              "Choices": [
                {
                  "Condition": "{% $states.input.outcome = 'not_due' %}",
                  "Next": "Find a driver"
                }
              ],
              "Default": "Go on without a driver"
            },
            "Time is up: find a driver": {
              "QueryLanguage": "JSONata",
              "Next": "Is there a driver?",
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.TaskFailed"
                  ],
                  "IntervalSeconds": 1,
                  "MaxAttempts": 4,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 8,
                  "JitterStrategy": "FULL"
                }
              ],
              "Type": "Task",
              "Comment": "The deadline of \"Find a driver\" has come. What that means is decided by the order; if it has moved, we wait again.",
              "Arguments": {
                "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
                "Payload": {
                  "action": "deadline",
                  "state": "findDriver",
                  "orderId": "{% $states.context.Execution.Input.orderId %}",
                  "generation": "{% $states.context.Execution.Input.generation %}",
                  "now": "{% $states.context.State.EnteredTime %}"
                }
              },
              "Output": "{% $states.result.Payload %}",
              "Resource": "arn:aws:states:::lambda:invoke"
            },
            "Go on without a driver": {
              "Type": "Pass",
              "QueryLanguage": "JSONata",
              "Comment": "What this means is read from the order as it now stands.",
              "End": true
            }
          }
        }
      ]
    },
    "What has the driver?": {
      "Type": "Choice",
      "Comment": "Everything, nothing, or something to bring back.",
      "Choices": [
        {
          "Condition": "{% $states.input.outcome = 'collected' %}",
          "Next": "Driver delivers"
        },
        {
          "Condition": "{% $states.input.outcome = 'driver_lost' %}",
          "Next": "Get ready and find a driver"
        },
        {
          "Condition": "{% $states.input.outcome = 'return' %}",
          "Next": "Return to stores"
        },
        {
          "Condition": "{% $states.input.outcome = 'not_due' %}",
          "Next": "Driver collects"
        },
        {
          "Condition": "{% $states.input.outcome = 'ended' %}",
          "Next": "Settle"
        },
        {
          "Condition": "{% $states.input.outcome = 'superseded' %}",
          "Next": "Superseded"
        }
      ],
      "Default": "Operations decide"
    },
    "Time is up: driver collects": {
      "Next": "What has the driver?",
      "Retry": [
        {
          "ErrorEquals": [
            "States.TaskFailed"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Type": "Task",
      "Comment": "The deadline of \"Driver collects\" has come. What that means is decided by the order; if it has moved, we wait again.",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
        "Payload": {
          "action": "deadline",
          "state": "driverCollects",
          "orderId": "{% $states.context.Execution.Input.orderId %}",
          "generation": "{% $states.context.Execution.Input.generation %}",
          "now": "{% $states.context.State.EnteredTime %}"
        }
      },
      "Output": "{% $states.result.Payload %}",
      "Resource": "arn:aws:states:::lambda:invoke"
    },
    "Operations decide": {
      "Next": "What did operations decide?",
      "Retry": [
        {
          "ErrorEquals": [
            "DynamoDb.InternalServerErrorException",
            "DynamoDb.ProvisionedThroughputExceededException",
            "DynamoDb.RequestLimitExceededException",
            "DynamoDb.SdkClientException",
            "DynamoDb.ThrottlingException",
            "DynamoDb.TransactionConflictException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "Output": "{% $parse($states.errorOutput.Cause) %}",
          "ErrorEquals": [
            "DeadlineChanged"
          ],
          "Next": "Operations decide"
        },
        {
          "ErrorEquals": [
            "States.Timeout"
          ],
          "Next": "Time is up: operations decide"
        }
      ],
      "Type": "Task",
      "Comment": "Waiting for operations: resume, hand over to another driver, return, or declare returned or lost.",
      "TimeoutSeconds": "{% $max([1, $ceil(($toMillis($states.input.deadlines.operationsDecide) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
      "Arguments": {
        "TableName": "orders",
        "Key": {
          "pk": {
            "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
          },
          "sk": {
            "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#operationsDecide' %}"
          }
        },
        "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
        "ExpressionAttributeNames": {
          "#token": "token",
          "#state": "state",
          "#execution": "execution"
        },
        "ExpressionAttributeValues": {
          ":token": {
            "S": "{% $states.context.Task.Token %}"
          },
          ":state": {
            "S": "{% $states.context.State.Name %}"
          },
          ":dueAt": {
            "S": "{% $states.input.deadlines.operationsDecide %}"
          },
          ":enteredAt": {
            "S": "{% $states.context.State.EnteredTime %}"
          },
          ":execution": {
            "S": "{% $states.context.Execution.Id %}"
          },
          ":duePk": {
            "S": "WAIT"
          }
        }
      },
      "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
    },
    "What did operations decide?": {
      "Type": "Choice",
      "Comment": "To go on, to return, or to end it.",
      "Choices": [
        {
          "Condition": "{% $states.input.outcome = 'ended' %}",
          "Next": "Settle"
        },
        {
          "Condition": "{% $states.input.outcome = 'return' %}",
          "Next": "Return to stores"
        },
        {
          "Condition": "{% $states.input.outcome = 'not_due' %}",
          "Next": "Operations decide"
        },
        {
          "Condition": "{% $states.input.outcome = 'superseded' %}",
          "Next": "Superseded"
        }
      ],
      "Default": "Driver collects"
    },
    "Time is up: operations decide": {
      "Next": "What did operations decide?",
      "Retry": [
        {
          "ErrorEquals": [
            "States.TaskFailed"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Type": "Task",
      "Comment": "The deadline of \"Operations decide\" has come. What that means is decided by the order; if it has moved, we wait again.",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
        "Payload": {
          "action": "deadline",
          "state": "operationsDecide",
          "orderId": "{% $states.context.Execution.Input.orderId %}",
          "generation": "{% $states.context.Execution.Input.generation %}",
          "now": "{% $states.context.State.EnteredTime %}"
        }
      },
      "Output": "{% $states.result.Payload %}",
      "Resource": "arn:aws:states:::lambda:invoke"
    },
    "Settle": {
      "Next": "Order closed",
      "Retry": [
        {
          "ErrorEquals": [
            "States.TaskFailed"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Type": "Task",
      "Comment": "The order has ended: its fees, pay and refunds are entered, each once. Operations need do nothing.",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
        "Payload": {
          "action": "settle",
          "orderId": "{% $states.context.Execution.Input.orderId %}",
          "generation": "{% $states.context.Execution.Input.generation %}",
          "now": "{% $states.context.State.EnteredTime %}"
        }
      },
      "Output": "{% $states.result.Payload %}",
      "Resource": "arn:aws:states:::lambda:invoke"
    },
    "How did it go at the door?": {
      "Type": "Choice",
      "Comment": "Delivered, refused, or nobody knows.",
      "Choices": [
        {
          "Condition": "{% $states.input.outcome = 'ended' %}",
          "Next": "Settle"
        },
        {
          "Condition": "{% $states.input.outcome = 'return' %}",
          "Next": "Return to stores"
        },
        {
          "Condition": "{% $states.input.outcome = 'not_due' %}",
          "Next": "Driver delivers"
        },
        {
          "Condition": "{% $states.input.outcome = 'superseded' %}",
          "Next": "Superseded"
        }
      ],
      "Default": "Operations decide"
    },
    "Driver delivers": {
      "Next": "How did it go at the door?",
      "Retry": [
        {
          "ErrorEquals": [
            "DynamoDb.InternalServerErrorException",
            "DynamoDb.ProvisionedThroughputExceededException",
            "DynamoDb.RequestLimitExceededException",
            "DynamoDb.SdkClientException",
            "DynamoDb.ThrottlingException",
            "DynamoDb.TransactionConflictException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "Output": "{% $parse($states.errorOutput.Cause) %}",
          "ErrorEquals": [
            "DeadlineChanged"
          ],
          "Next": "Driver delivers"
        },
        {
          "ErrorEquals": [
            "States.Timeout"
          ],
          "Next": "Time is up: driver delivers"
        }
      ],
      "Type": "Task",
      "Comment": "Waiting for the driver to bring the parcels to the door. Operations may call the driver, or cancel (a return).",
      "TimeoutSeconds": "{% $max([1, $ceil(($toMillis($states.input.deadlines.driverDelivers) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
      "Arguments": {
        "TableName": "orders",
        "Key": {
          "pk": {
            "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
          },
          "sk": {
            "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#driverDelivers' %}"
          }
        },
        "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
        "ExpressionAttributeNames": {
          "#token": "token",
          "#state": "state",
          "#execution": "execution"
        },
        "ExpressionAttributeValues": {
          ":token": {
            "S": "{% $states.context.Task.Token %}"
          },
          ":state": {
            "S": "{% $states.context.State.Name %}"
          },
          ":dueAt": {
            "S": "{% $states.input.deadlines.driverDelivers %}"
          },
          ":enteredAt": {
            "S": "{% $states.context.State.EnteredTime %}"
          },
          ":execution": {
            "S": "{% $states.context.Execution.Id %}"
          },
          ":duePk": {
            "S": "WAIT"
          }
        }
      },
      "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
    },
    "Are the parcels back?": {
      "Type": "Choice",
      "Comment": "Back, to be tried again, or nobody knows.",
      "Choices": [
        {
          "Condition": "{% $states.input.outcome = 'ended' %}",
          "Next": "Settle"
        },
        {
          "Condition": "{% $states.input.outcome = 'reattempt' %}",
          "Next": "Driver delivers"
        },
        {
          "Condition": "{% $states.input.outcome = 'not_due' %}",
          "Next": "Return to stores"
        },
        {
          "Condition": "{% $states.input.outcome = 'superseded' %}",
          "Next": "Superseded"
        }
      ],
      "Default": "Operations decide"
    },
    "Return to stores": {
      "Next": "Are the parcels back?",
      "Retry": [
        {
          "ErrorEquals": [
            "DynamoDb.InternalServerErrorException",
            "DynamoDb.ProvisionedThroughputExceededException",
            "DynamoDb.RequestLimitExceededException",
            "DynamoDb.SdkClientException",
            "DynamoDb.ThrottlingException",
            "DynamoDb.TransactionConflictException"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Catch": [
        {
          "Output": "{% $parse($states.errorOutput.Cause) %}",
          "ErrorEquals": [
            "DeadlineChanged"
          ],
          "Next": "Return to stores"
        },
        {
          "ErrorEquals": [
            "States.Timeout"
          ],
          "Next": "Time is up: return to stores"
        }
      ],
      "Type": "Task",
      "Comment": "Waiting for the driver to bring parcels back to their stores. Operations may ask for another try at the door.",
      "TimeoutSeconds": "{% $max([1, $ceil(($toMillis($states.input.deadlines.returnToStores) - $toMillis($states.context.State.EnteredTime)) / 1000)]) %}",
      "Arguments": {
        "TableName": "orders",
        "Key": {
          "pk": {
            "S": "{% 'ORDER#' & $states.context.Execution.Input.orderId %}"
          },
          "sk": {
            "S": "{% 'WAIT#' & $string($states.context.Execution.Input.generation) & '#returnToStores' %}"
          }
        },
        "UpdateExpression": "SET #token = :token, #state = :state, dueAt = :dueAt, enteredAt = :enteredAt, #execution = :execution, duePk = :duePk, dueSk = :dueAt",
        "ExpressionAttributeNames": {
          "#token": "token",
          "#state": "state",
          "#execution": "execution"
        },
        "ExpressionAttributeValues": {
          ":token": {
            "S": "{% $states.context.Task.Token %}"
          },
          ":state": {
            "S": "{% $states.context.State.Name %}"
          },
          ":dueAt": {
            "S": "{% $states.input.deadlines.returnToStores %}"
          },
          ":enteredAt": {
            "S": "{% $states.context.State.EnteredTime %}"
          },
          ":execution": {
            "S": "{% $states.context.Execution.Id %}"
          },
          ":duePk": {
            "S": "WAIT"
          }
        }
      },
      "Resource": "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken"
    },
    "Time is up: return to stores": {
      "Next": "Are the parcels back?",
      "Retry": [
        {
          "ErrorEquals": [
            "States.TaskFailed"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Type": "Task",
      "Comment": "The deadline of \"Return to stores\" has come. What that means is decided by the order; if it has moved, we wait again.",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
        "Payload": {
          "action": "deadline",
          "state": "returnToStores",
          "orderId": "{% $states.context.Execution.Input.orderId %}",
          "generation": "{% $states.context.Execution.Input.generation %}",
          "now": "{% $states.context.State.EnteredTime %}"
        }
      },
      "Output": "{% $states.result.Payload %}",
      "Resource": "arn:aws:states:::lambda:invoke"
    },
    "Superseded": {
      "Type": "Succeed",
      "Comment": "A newer execution has taken this order over; its name ends in -r and a number."
    },
    "Time is up: driver delivers": {
      "Next": "How did it go at the door?",
      "Retry": [
        {
          "ErrorEquals": [
            "States.TaskFailed"
          ],
          "IntervalSeconds": 1,
          "MaxAttempts": 4,
          "BackoffRate": 2,
          "MaxDelaySeconds": 8,
          "JitterStrategy": "FULL"
        }
      ],
      "Type": "Task",
      "Comment": "The deadline of \"Driver delivers\" has come. What that means is decided by the order; if it has moved, we wait again.",
      "Arguments": {
        "FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:Lifecycle",
        "Payload": {
          "action": "deadline",
          "state": "driverDelivers",
          "orderId": "{% $states.context.Execution.Input.orderId %}",
          "generation": "{% $states.context.Execution.Input.generation %}",
          "now": "{% $states.context.State.EnteredTime %}"
        }
      },
      "Output": "{% $states.result.Payload %}",
      "Resource": "arn:aws:states:::lambda:invoke"
    },
    "Order closed": {
      "Type": "Succeed",
      "Comment": "Delivered, returned, cancelled or failed."
    }
  },
  "QueryLanguage": "JSONata"
}
