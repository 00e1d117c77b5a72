#include <rabbitmq-c/amqp.h>
