/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_err.h"
#include "esp_heap_caps.h"
#include "esp_heap_caps_init.h"
#include "fakeheap.h"
#include "heap_memory_layout.h"

/* The allocator's header before every block and at the start of every region, octets. */
#define HEADER 4
#define TABLE 812

#define REGIONS_MAX 4
#define BLOCKS_MAX 2048

typedef struct {
	uintptr_t start;
	size_t size;
	bool taken;
} block_t;

typedef struct {
	uint32_t caps[SOC_MEMORY_TYPE_NO_PRIOS];
	bool added;
	int count;
	block_t blocks[BLOCKS_MAX]; /* in address order, without gaps */
} region_t;

typedef struct {
	uintptr_t address;
	int until; /* step */
} guest_t;

static struct {
	pthread_mutex_t lock;
	region_t regions[REGIONS_MAX];
	int count;
	bool hidden;
	uint32_t random;
	guest_t guests[BLOCKS_MAX];
	int guest_count, step;
} heap = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Capabilities of ESP-IDF 6.0's memory types. The second is its DMA reserve on boards with PSRAM. */
static const uint32_t dram_caps[SOC_MEMORY_TYPE_NO_PRIOS] = { MALLOC_CAP_8BIT | MALLOC_CAP_DEFAULT,
	MALLOC_CAP_INTERNAL | MALLOC_CAP_DMA | MALLOC_CAP_32BIT };
static const uint32_t reserve_caps[SOC_MEMORY_TYPE_NO_PRIOS] = { 0, MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL,
	MALLOC_CAP_8BIT | MALLOC_CAP_32BIT };

#define DRAM_START 0x3ffb0000
#define RESERVE_START 0x3ffe0000
/* Free memory when the camera is opened (measured): 86.9 KB in all, including the capture task's stack and record,
 * which are static now. */
#define RESERVE_SIZE (31744 + HEADER)
#define DRAM_SIZE (88986 - 31744 - 5480)

/* ---- regions ---- */

static void add_region(const uint32_t caps[], uintptr_t start, size_t size, bool added)
{
	region_t *region = &heap.regions[heap.count++];
	memcpy(region->caps, caps, sizeof(region->caps));
	region->added = added;
	region->count = 1;
	region->blocks[0] = (block_t){ start, size, false };
}

esp_err_t heap_caps_add_region_with_caps(const uint32_t caps[], intptr_t start, intptr_t end)
{
	pthread_mutex_lock(&heap.lock);
	esp_err_t error = ESP_ERR_NO_MEM;
	if (heap.count < REGIONS_MAX) {
		add_region(caps, (uintptr_t)start + TABLE, (size_t)(end - start) - TABLE, true);
		error = ESP_OK;
	}
	pthread_mutex_unlock(&heap.lock);
	return error;
}

void fake_heap_reset(uint32_t seed, bool hidden)
{
	pthread_mutex_lock(&heap.lock);
	size_t missing = 0;
	int kept = 0;
	for (int i = 0; i < heap.count; i++) {
		if (!heap.regions[i].added)
			continue;
		if (!hidden)
			missing += heap.regions[i].blocks[0].size + TABLE;
		/* added regions come first, as in ESP-IDF's list */
		heap.regions[kept++] = heap.regions[i];
	}
	heap.count = kept;
	add_region(dram_caps, DRAM_START, DRAM_SIZE - missing, false);
	add_region(reserve_caps, RESERVE_START, RESERVE_SIZE, false);
	heap.random = seed ? seed : 1;
	heap.guest_count = heap.step = 0;
	heap.hidden = hidden;
	pthread_mutex_unlock(&heap.lock);
}

static uint32_t all_caps(const region_t *region)
{
	return region->caps[0] | region->caps[1] | region->caps[2];
}

static bool gives(const region_t *region, uint32_t caps)
{
	return (all_caps(region) & caps) == caps && !(region->added && heap.hidden);
}

/* ---- blocks ---- */

static uintptr_t take(region_t *region, size_t size)
{
	size = ((size + 3) & ~(size_t)3) + HEADER;
	for (int i = 0; i < region->count; i++) {
		block_t *block = &region->blocks[i];
		if (block->taken || block->size < size)
			continue;
		if (block->size > size && region->count < BLOCKS_MAX) {
			memmove(block + 2, block + 1, (size_t)(region->count - i - 1) * sizeof(*block));
			block[1] = (block_t){ block->start + size, block->size - size, false };
			block->size = size;
			region->count += 1;
		}
		block->taken = true;
		return block->start + HEADER;
	}
	return 0;
}

static void join(region_t *region, int i)
{
	if (i < 0 || i + 1 >= region->count || region->blocks[i].taken || region->blocks[i + 1].taken)
		return;
	region->blocks[i].size += region->blocks[i + 1].size;
	memmove(&region->blocks[i + 1], &region->blocks[i + 2], (size_t)(region->count - i - 2) * sizeof(block_t));
	region->count -= 1;
}

static void give(uintptr_t address)
{
	for (int r = 0; r < heap.count; r++) {
		region_t *region = &heap.regions[r];
		for (int i = 0; i < region->count; i++) {
			if (!region->blocks[i].taken || region->blocks[i].start + HEADER != address)
				continue;
			region->blocks[i].taken = false;
			join(region, i);
			join(region, i - 1);
			return;
		}
	}
	fprintf(stderr, "free of %lx, which was not allocated\n", (unsigned long)address);
	abort();
}

static uintptr_t find(size_t size, uint32_t caps)
{
	for (int priority = 0; priority < SOC_MEMORY_TYPE_NO_PRIOS; priority++) {
		for (int r = 0; r < heap.count; r++) {
			region_t *region = &heap.regions[r];
			if (!(region->caps[priority] & caps) || !gives(region, caps))
				continue;
			uintptr_t address = take(region, size);
			if (address)
				return address;
		}
	}
	return 0;
}

uintptr_t fake_heap_malloc(size_t size, uint32_t caps)
{
	pthread_mutex_lock(&heap.lock);
	uintptr_t address = find(size, caps);
	pthread_mutex_unlock(&heap.lock);
	return address;
}

void fake_heap_free(uintptr_t address)
{
	if (!address)
		return;
	pthread_mutex_lock(&heap.lock);
	give(address);
	pthread_mutex_unlock(&heap.lock);
}

size_t fake_heap_largest(uint32_t caps)
{
	size_t largest = 0;
	pthread_mutex_lock(&heap.lock);
	for (int r = 0; r < heap.count; r++) {
		const region_t *region = &heap.regions[r];
		for (int i = 0; gives(region, caps) && i < region->count; i++) {
			if (!region->blocks[i].taken && region->blocks[i].size - HEADER > largest)
				largest = region->blocks[i].size - HEADER;
		}
	}
	pthread_mutex_unlock(&heap.lock);
	return largest;
}

/* ---- traffic ---- */

/* Numerical Recipes' generator: its upper bits are good enough here. */
static uint32_t random_below(uint32_t limit)
{
	heap.random = heap.random * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)heap.random * limit) >> 32);
}

/* Per 1,000 allocations: their number, minimum and maximum octets, maximum lifetime in steps, capabilities. */
static const struct {
	uint32_t share, least, most, life;
	uint32_t caps;
} kinds[] = {
	{ 420, 1600, 1700, 12, MALLOC_CAP_8BIT | MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL }, /* Wi-Fi's packets */
	{ 350, 24, 120, 40, MALLOC_CAP_8BIT | MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL },    /* its descriptors and timers */
	{ 208, 60, 700, 40, MALLOC_CAP_DEFAULT },                      /* lwIP's messages, pbufs and sockets' records */
	{ 20, 160, 420, 600, MALLOC_CAP_DEFAULT },                     /* connections and their data */
	{ 2, 300, 2600, 1500, MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL }, /* stations, keys, block acknowledgement */
};

static void drop_old_guests(void)
{
	int kept = 0;
	for (int i = 0; i < heap.guest_count; i++) {
		if (heap.guests[i].until <= heap.step)
			give(heap.guests[i].address);
		else
			heap.guests[kept++] = heap.guests[i];
	}
	heap.guest_count = kept;
}

static void add_guest(void)
{
	uint32_t roll = random_below(1000), kind = 0;
	while (roll >= kinds[kind].share)
		roll -= kinds[kind++].share;
	size_t size = kinds[kind].least + random_below(kinds[kind].most - kinds[kind].least + 1);
	int until = heap.step + 1 + (int)random_below(kinds[kind].life);
	uintptr_t address = heap.guest_count < BLOCKS_MAX ? find(size, kinds[kind].caps) : 0;
	if (address)
		heap.guests[heap.guest_count++] = (guest_t){ address, until };
}

void fake_heap_traffic(int steps)
{
	pthread_mutex_lock(&heap.lock);
	for (int i = 0; i < steps; i++) {
		heap.step += 1;
		drop_old_guests();
		add_guest();
	}
	pthread_mutex_unlock(&heap.lock);
}
