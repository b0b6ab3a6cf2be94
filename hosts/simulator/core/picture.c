/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "picture.h"

#if defined(ESP_PLATFORM)
	#include "esp_heap_caps.h"
#endif

void *picture_memory(size_t size)
{
#if defined(ESP_PLATFORM)
	/* malloc would put buffers of up to 64 KB into internal memory, which the network needs */
	return heap_caps_malloc_prefer(size, 2, MALLOC_CAP_SPIRAM | MALLOC_CAP_8BIT, MALLOC_CAP_8BIT);
#else
	return malloc(size);
#endif
}

picture_t *picture_new(void *owner, uint32_t capacity)
{
	picture_t *picture = picture_memory(sizeof(picture_t) + capacity);
	if (!picture)
		return NULL;
	picture->owner = owner;
	picture->index = 0;
	picture->capacity = capacity;
	picture->length = 0;
	picture->orphan = false;
	picture->capture_time = 0;
	return picture;
}

picture_t *picture_copy(const picture_t *picture)
{
	picture_t *copy = picture_new(picture->owner, picture->length);
	if (!copy)
		return NULL;
	copy->index = picture->index;
	copy->length = picture->length;
	copy->capture_time = picture->capture_time;
	memcpy(copy->bytes, picture->bytes, picture->length);
	return copy;
}
